"""Derive from models, policies and forms what is held of people, and write docs/data-map.md and docs/impact.md."""
