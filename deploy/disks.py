"""Tell Prometheus how full the disks are and how old the backup is: `python deploy/disks.py` listens on port 8002.

The service `disks` of docker-compose.yml: it sees the volumes without a right to write, and has no address of the
database, no password and no key. Without Django. Folders: DISKS, "place=folder,…"; backups: BACKUP_DIR.
"""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric

PORT = 8002


class Disks:
    """Collect room and ages at each scrape."""

    def __init__(self, places: dict[str, Path], backups: Path):
        self.places, self.backups = places, backups

    def collect(self) -> Iterator[Metric]:
        whole = GaugeMetricFamily("repere_disk_bytes", "Room of the disk of this place.", labels=["place"])
        free = GaugeMetricFamily("repere_disk_free_bytes", "Room that is left.", labels=["place"])
        for place, folder in self.places.items():
            usage = shutil.disk_usage(folder)
            whole.add_metric([place], usage.total)
            free.add_metric([place], usage.free)
        yield from (whole, free)
        base = _age(self.backups.glob("base/*Z/repere.json"))
        wal = _age(path for path in self.backups.glob("wal/*") if path.is_file())
        yield GaugeMetricFamily("repere_backup_age_seconds", "Since the last base backup ended.", value=base)
        yield GaugeMetricFamily("repere_backup_wal_age_seconds", "Since WAL was last received.", value=wal)


def _age(paths) -> float:
    """Return seconds since the newest of these files was written; infinity when there is none."""
    written = []
    for path in paths:
        try:
            written.append(path.stat().st_mtime)
        except FileNotFoundError:  # an old one, removed meanwhile
            continue
    return time.time() - max(written) if written else float("inf")


def main() -> None:
    places = dict(each.split("=", 1) for each in os.environ["DISKS"].split(","))
    registry = CollectorRegistry()
    registry.register(Disks({place: Path(folder) for place, folder in places.items()}, Path(os.environ["BACKUP_DIR"])))
    start_http_server(int(os.environ.get("PORT", PORT)), registry=registry)
    threading.Event().wait()


if __name__ == "__main__":
    main()
