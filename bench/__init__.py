"""The benchmarks of README's performance table: `python -m bench.NAME [--json]`. Each measures its floor too."""
