"""One function per verb. Pages, API, tasks and commands call these and nothing else."""
