"""What the user says: options, environment, files with credentials; read and checked, nothing is sent.

Imports the ground and the contract. Every room of the judging side may import it.
"""
