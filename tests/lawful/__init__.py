"""A second implementation of the AI API, as unlike our mock as the law allows: it finds false alarms of the suite."""
