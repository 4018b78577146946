"""Train a variational autoencoder on handwritten digits and keep what it learned.

    python train.py --epochs 3 --lr 1e-3

The defaults repeat the run shown in the lesson. The loss of an epoch is the mean over its images of
reconstruction + beta * KL, in nats, taken while the weights move. The model is that of Kingma & Welling
(arXiv 1312.6114): one hidden layer on each side, a Gaussian code, a Bernoulli likelihood for each pixel.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

HERE = Path(__file__).resolve().parent
KEPT_CODES = 2000


class VAE(nn.Module):
    """784 pixels -> hidden -> (mu, log variance) of the code; code -> hidden -> 784 logits."""

    def __init__(self, hidden, latent):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(784, hidden), nn.ReLU())
        self.to_mu = nn.Linear(hidden, latent)
        self.to_log_var = nn.Linear(hidden, latent)
        self.decoder = nn.Sequential(nn.Linear(latent, hidden), nn.ReLU(), nn.Linear(hidden, 784))

    def encode(self, x):
        h = self.encoder(x)
        return self.to_mu(h), self.to_log_var(h)

    def forward(self, x):
        mu, log_var = self.encode(x)
        eps = torch.randn_like(mu)
        z = mu + torch.exp(0.5 * log_var) * eps
        return self.decoder(z), mu, log_var


def negative_elbo(logits, x, mu, log_var, beta):
    """Reconstruction + beta * KL, summed over pixels and images."""
    reconstruction = binary_cross_entropy_with_logits(logits, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + log_var - mu.pow(2) - log_var.exp())
    return reconstruction + beta * kl


class ProgressLine:
    """A line rewritten in place on a terminal; nothing at all in a pipe or a file."""

    def __init__(self):
        self.next_s = 0.0

    def show(self, text):
        if sys.stdout.isatty() and time.monotonic() >= self.next_s:
            self.next_s = time.monotonic() + 0.1
            print("\r" + text, end="", flush=True)

    def finish(self, text):
        """Write the final line, which must not be shorter than what it covers."""
        print(("\r" if sys.stdout.isatty() else "") + text, flush=True)


def train_epoch(model, optimiser, x, batch, beta, head, line):
    """One pass over x in a fresh order; the mean loss of an image."""
    total, seen = 0.0, 0
    for index in torch.randperm(len(x)).split(batch):
        images = x[index]
        logits, mu, log_var = model(images)
        loss = negative_elbo(logits, images, mu, log_var, beta)
        optimiser.zero_grad()
        (loss / len(images)).backward()
        optimiser.step()
        total, seen = total + loss.item(), seen + len(images)
        line.show(f"{head} · {100 * seen // len(x)} %")
    return total / seen


def save(model, x, y, settings):
    """The weights, and the codes of the first images for a picture of the latent space."""
    with torch.no_grad():
        mu, _ = model.encode(x[:KEPT_CODES])
    path = Path("runs") / "vae_mnist.pt"
    path.parent.mkdir(exist_ok=True)
    torch.save({"state": model.state_dict(), "mu": mu, "labels": y[:KEPT_CODES], "settings": settings}, path)
    return path


def load_digits(n):
    """The first n digits: pixels between 0 and 1, shape (n, 784), and their labels."""
    with np.load(HERE / "digits10k.npz") as digits:
        x = digits["x"][:n].reshape(-1, 784).astype(np.float32) / 255
        return torch.from_numpy(x), torch.from_numpy(digits["y"][:n].astype(np.int64))


def count(text):
    """A whole number of at least 1, for argparse."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is not at least 1")
    return value


def parse_flags():
    parser = argparse.ArgumentParser(description="Train a variational autoencoder on handwritten digits.")
    parser.add_argument("--epochs", type=count, default=3, help="passes over the images (3)")
    parser.add_argument("--lr", type=float, default=1e-3, help="learning rate of Adam (1e-3)")
    parser.add_argument("--latent", type=count, default=2, help="dimensions of the code (2)")
    parser.add_argument("--hidden", type=count, default=400, help="units of each hidden layer (400)")
    parser.add_argument("--batch", type=count, default=16, help="images for one step (16)")
    parser.add_argument("--n", type=count, default=10000, help="images to train on (10000)")
    parser.add_argument("--beta", type=float, default=1.0, help="weight of the KL term (1)")
    parser.add_argument("--seed", type=int, default=0, help="seed of all randomness (0)")
    return parser.parse_args()


def main():
    flags = parse_flags()
    torch.set_num_threads(1)  # more threads wait for each other longer than they compute
    torch.manual_seed(flags.seed)
    x, y = load_digits(flags.n)
    model = VAE(flags.hidden, flags.latent)
    optimiser = torch.optim.Adam(model.parameters(), lr=flags.lr)
    line = ProgressLine()
    for epoch in range(1, flags.epochs + 1):
        head = f"Epoch {epoch}/{flags.epochs}"
        loss = train_epoch(model, optimiser, x, flags.batch, flags.beta, head, line)
        line.finish(f"{head} · loss {loss:.1f}")
    path = save(model, x, y, vars(flags))
    print(f"Checkpoint → ./{path.as_posix()}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nStopped; no checkpoint was written.")
