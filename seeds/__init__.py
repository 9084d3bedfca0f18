"""Reference data every office starts with, and the demo company."""
