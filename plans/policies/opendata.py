"""Declare row security of open data: releases are public and never change; the worker only adds."""

from foundation.walls import Wall

WALLS = [
    Wall("plans_datasetrelease", select="true", rights="SELECT", worker_rights="SELECT, INSERT"),
]
