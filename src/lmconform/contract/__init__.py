"""The contract: OpenAPI description, overlays, requirement register; imports only the ground.

Everything else may import this package. It reads files of the bundle and of nothing else.
"""
