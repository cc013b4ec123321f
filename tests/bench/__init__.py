"""What releasekit costs beside what people would use instead, in one run; the ratios are the claims."""
