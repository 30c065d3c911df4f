"""What runs in the environment of a generated client: it imports that client and nothing of the platform."""
