"""The store in a bucket of any S3-compatible server. Imported only where it is chosen: boto3 takes 36 MB."""
