"""The version of the library, for the package, the receipts and the build."""

__version__ = "0.1.0"
