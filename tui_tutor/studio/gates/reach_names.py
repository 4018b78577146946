"""Modules, functions and commands by which programs reach outside their workspace."""

from __future__ import annotations

from typing import Final


def _set(names: str) -> frozenset[str]:
    """Names with blanks between them."""
    return frozenset(names.split())


NETWORK: Final = _set(
    "socket ssl socketserver ftplib smtplib poplib imaplib nntplib telnetlib xmlrpc webbrowser "
    "urllib.request http.client http.server urllib3 requests httpx httpx2 aiohttp websockets websocket "
    "paramiko fabric boto3 botocore pycurl gradio_client huggingface_hub kaggle wget gdown anthropic "
    "openai"
)
UNSAFE: Final = _set("ctypes cffi pty keyring winreg")
RUNNERS: Final = _set(
    "os.system os.popen subprocess.run subprocess.call subprocess.check_call subprocess.check_output "
    "subprocess.Popen subprocess.getoutput subprocess.getstatusoutput asyncio.create_subprocess_shell "
    "asyncio.create_subprocess_exec get_ipython().system"
)
FETCHERS: Final = _set(
    "urlopen urlretrieve open_connection create_connection download fetch_openml from_pretrained "
    "load_dataset load_state_dict_from_url snapshot_download hf_hub_download"
)
OPENERS: Final = _set(
    "open Path PurePath read_text write_text read_bytes read_csv read_json read_parquet read_excel "
    "to_csv load save savez savetxt loadtxt genfromtxt listdir scandir walk glob iglob rglob stat "
    "exists isfile isdir chdir remove unlink rmtree rmdir rename copy copyfile copytree move mkdir "
    "makedirs connect read_pickle savefig fromfile memmap symlink link chmod"
)
NETWORK_COMMANDS: Final = _set(
    "curl wget ssh scp sftp rsync nc ncat netcat socat telnet ftp ping dig nslookup host traceroute aws "
    "gcloud az gh docker podman kubectl apt apt-get dnf yum brew npm npx pnpm yarn cargo conda mamba "
    "http https"
)
BEFORE_A_COMMAND: Final = _set("if then else elif while until do ! time exec command env nohup xargs timeout")
