"""FeelingIt without a browser: everything the dashboard and the command line do."""
