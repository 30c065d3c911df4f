"""Clean, encrypt, store and scan files that anybody may send. Decision 79 says why.

- `cleaning.clean`: what the file is, said by its content alone, and made anew without anything that acts or tells;
- `sealing.seal`, `open_sealed`: encryption bound to the row of the file;
- `storing.store`: where sealed files stand, a folder or an S3-compatible service;
- `scanning.scan`: ClamAV.
"""
