"""Signal in the process that parses that a file is refused."""


class Refused(Exception):
    """Hold the code of `foundation.files.words.REFUSALS`."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code
