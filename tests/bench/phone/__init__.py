"""Turn-taking and hearing on real lines, in real time: `python -m tests.bench.phone`."""
