"""What opens untrusted bytes: processes without Django, which the app only knows by descriptors."""
