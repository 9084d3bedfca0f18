"""What every business area stands on; knows nothing of after-sales service."""
