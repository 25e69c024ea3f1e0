"""What happened on the wire: exchanges, redacted when they are written; imports ground and contract."""
