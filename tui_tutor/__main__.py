"""python -m tui_tutor"""

from tui_tutor.cli.main import main

if __name__ == "__main__":
    main()
