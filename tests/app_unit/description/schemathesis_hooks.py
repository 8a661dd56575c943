"""What schemathesis has to be told of media types: the bodies of tus are bytes."""

import schemathesis

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
