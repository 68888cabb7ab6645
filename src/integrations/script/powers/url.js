// URL and URLSearchParams.
