// Command go_operator keeps the same children for a MediaVault as the operator that is measured beside it, in
// the way controller-runtime is commonly used: cached reads, server-side apply of what differs, one status.
//
// What the children look like stands in a template, made from the measured operator's own builders, so that
// both write the same objects. The words in capitals below are replaced in it for each vault.
package main

import (
	"flag"
	"log"
	"os"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

const (
	fieldManager = "go-operator"
	vaultLabel   = "mediavault.io/vault"
)

func main() {
	path := flag.String("template", "", "the JSON file with the children and the two statuses of a vault")
	workers := flag.Int("workers", 16, "how many vaults are reconciled at once")
	flag.Parse()
	ctrl.SetLogger(zap.New(zap.WriteTo(os.Stderr)))
	template, err := readTemplate(*path)
	if err != nil {
		log.Fatal(err)
	}
	manager, err := newManager(ctrl.GetConfigOrDie(), template)
	if err != nil {
		log.Fatal(err)
	}
	if err := newReconciler(manager.GetClient(), template).setUp(manager, *workers); err != nil {
		log.Fatal(err)
	}
	if err := manager.Start(ctrl.SetupSignalHandler()); err != nil {
		log.Fatal(err)
	}
}

// newManager reads unstructured objects from caches that hold nothing but the children of vaults.
func newManager(config *rest.Config, template *template) (ctrl.Manager, error) {
	config.QPS = -1
	config.UserAgent = fieldManager
	selector, err := labels.Parse(vaultLabel)
	if err != nil {
		return nil, err
	}
	selected := map[client.Object]cache.ByObject{}
	for _, kind := range template.kinds() {
		object := &unstructured.Unstructured{}
		object.SetGroupVersionKind(kind)
		selected[object] = cache.ByObject{Label: selector}
	}
	return ctrl.NewManager(config, ctrl.Options{
		Scheme:  runtime.NewScheme(),
		Metrics: server.Options{BindAddress: "0"},
		Cache:   cache.Options{ByObject: selected},
		Client:  client.Options{Cache: &client.CacheOptions{Unstructured: true}},
	})
}
