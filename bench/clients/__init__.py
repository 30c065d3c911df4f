"""Prove that clients made by others from the API's document work: `./run clients`."""
