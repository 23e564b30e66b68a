"""`python -m expertpool.translations` compiles the catalogues."""

from expertpool.translations import compile_catalogues

compile_catalogues()
