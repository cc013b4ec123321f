"""Which files are production: by what deploys them, what they are called, and what stands beside them."""
