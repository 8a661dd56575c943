package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"time"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

const hashAnnotation = "mediavault.io/desired-hash"

var vaultKind = schema.GroupVersionKind{Group: "mediavault.io", Version: "v1", Kind: "MediaVault"}

type reconciler struct {
	client.Client
	template *template
}

func newReconciler(c client.Client, t *template) *reconciler {
	return &reconciler{Client: c, template: t}
}

func (r *reconciler) setUp(manager ctrl.Manager, workers int) error {
	owned := handler.EnqueueRequestsFromMapFunc(func(_ context.Context, child client.Object) []reconcile.Request {
		name := types.NamespacedName{Namespace: child.GetNamespace(), Name: child.GetLabels()[vaultLabel]}
		return []reconcile.Request{{NamespacedName: name}}
	})
	built := ctrl.NewControllerManagedBy(manager).
		For(object(vaultKind)).
		WithOptions(controller.Options{MaxConcurrentReconciles: workers})
	for _, kind := range r.template.kinds() {
		built = built.Watches(object(kind), owned)
	}
	return built.Complete(r)
}

// Reconcile applies every child that is not as it should be, several at once, and then tells the status.
func (r *reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	vault := object(vaultKind)
	if err := r.Get(ctx, request.NamespacedName, vault); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if vault.GetDeletionTimestamp() != nil {
		return ctrl.Result{}, nil
	}
	group, inner := errgroup.WithContext(ctx)
	for _, text := range r.template.Children {
		group.Go(func() error { return r.applyChild(inner, vault, text) })
	}
	if err := group.Wait(); err != nil {
		if errors.IsConflict(err) {
			return ctrl.Result{RequeueAfter: time.Second}, nil
		}
		return ctrl.Result{}, err
	}
	return ctrl.Result{}, r.report(ctx, vault)
}

func (r *reconciler) applyChild(ctx context.Context, vault *unstructured.Unstructured, text []byte) error {
	child := &unstructured.Unstructured{}
	if err := json.Unmarshal(fill(text, vault), child); err != nil {
		return err
	}
	live := object(child.GroupVersionKind())
	if err := r.Get(ctx, client.ObjectKeyFromObject(child), live); errors.IsNotFound(err) {
		live = nil
	} else if err != nil {
		return err
	}
	if err := fillSecrets(child, live); err != nil {
		return err
	}
	mark(child)
	if live != nil && stands(child, live) {
		return nil
	}
	return r.Apply(ctx, client.ApplyConfigurationFromUnstructured(child), client.FieldOwner(fieldManager), client.ForceOwnership)
}

func mark(child *unstructured.Unstructured) {
	text, err := child.MarshalJSON()
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(text)
	annotations := child.GetAnnotations()
	if annotations == nil {
		annotations = map[string]string{}
	}
	annotations[hashAnnotation] = hex.EncodeToString(sum[:8])
	child.SetAnnotations(annotations)
}

// stands says whether the object was made from this very manifest and nobody has changed our fields since.
func stands(child, live *unstructured.Unstructured) bool {
	if child.GetAnnotations()[hashAnnotation] != live.GetAnnotations()[hashAnnotation] {
		return false
	}
	for _, part := range []string{"spec", "data"} {
		if !holds(live.Object[part], child.Object[part]) {
			return false
		}
	}
	return true
}

// holds says whether everything that is wanted is there, whatever else is: nothing wanted is held by nothing.
func holds(there, wanted any) bool {
	switch wanted := wanted.(type) {
	case map[string]any:
		present, ok := there.(map[string]any)
		for key, value := range wanted {
			if !holds(present[key], value) {
				return false
			}
		}
		return ok || len(wanted) == 0
	case []any:
		present, _ := there.([]any)
		if len(present) != len(wanted) {
			return false
		}
		for index, value := range wanted {
			if !holds(present[index], value) {
				return false
			}
		}
		return true
	case nil:
		return true
	default:
		return there == wanted || (there == nil && reflect.ValueOf(wanted).IsZero())
	}
}

func (r *reconciler) report(ctx context.Context, vault *unstructured.Unstructured) error {
	text := r.template.Pending
	if r.serves(ctx, vault) {
		text = r.template.Ready
	}
	var status map[string]any
	if err := json.Unmarshal(fill(text, vault), &status); err != nil {
		return err
	}
	current, _, _ := unstructured.NestedMap(vault.Object, "status")
	if current["phase"] == status["phase"] && observed(current) == vault.GetGeneration() {
		return nil
	}
	told := object(vaultKind)
	told.SetName(vault.GetName())
	told.SetNamespace(vault.GetNamespace())
	told.Object["status"] = status
	return r.Status().Apply(ctx, client.ApplyConfigurationFromUnstructured(told), client.FieldOwner(fieldManager), client.ForceOwnership)
}

func observed(status map[string]any) int64 {
	found, _, _ := unstructured.NestedInt64(status, "observedGeneration")
	return found
}

// serves says whether the Deployment's pods are all ready.
func (r *reconciler) serves(ctx context.Context, vault *unstructured.Unstructured) bool {
	deployment := object(schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: "Deployment"})
	if err := r.Get(ctx, client.ObjectKeyFromObject(vault), deployment); err != nil {
		return false
	}
	status, _, _ := unstructured.NestedMap(deployment.Object, "status")
	ready, _, _ := unstructured.NestedInt64(status, "readyReplicas")
	return ready > 0 && observed(status) >= deployment.GetGeneration()
}

func object(kind schema.GroupVersionKind) *unstructured.Unstructured {
	made := &unstructured.Unstructured{}
	made.SetGroupVersionKind(kind)
	return made
}
