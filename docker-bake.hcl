# Both images for both platforms, for who has Docker:
#   docker buildx bake                                                     builds
#   REGISTRY=registry.example.com/team TAG=0.1.0 docker buildx bake --push  builds and publishes one manifest list each
variable "REGISTRY" { default = "localhost" }
variable "TAG" { default = "latest" }
variable "VERSION" { default = "0.1.0" }
variable "REVISION" { default = "unknown" }
variable "BASE_IMAGE" { default = "python:3.13-slim" }

group "default" {
  targets = ["operator", "app"]
}

target "common" {
  context   = "."
  platforms = ["linux/amd64", "linux/arm64"]
  args = {
    BASE_IMAGE = BASE_IMAGE
    VERSION    = VERSION
    REVISION   = REVISION
  }
}

target "operator" {
  inherits   = ["common"]
  dockerfile = "Dockerfile.operator"
  tags       = ["${REGISTRY}/mediavault-operator:${TAG}"]
}

target "app" {
  inherits   = ["common"]
  dockerfile = "Dockerfile.app"
  tags       = ["${REGISTRY}/mediavault-app:${TAG}"]
}
