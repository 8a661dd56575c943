package main

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// template holds, as JSON with placeholders, what a vault has and what its status says.
type template struct {
	Children []json.RawMessage `json:"children"`
	Pending  json.RawMessage   `json:"pending"`
	Ready    json.RawMessage   `json:"ready"`
}

func readTemplate(path string) (*template, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	read := &template{}
	return read, json.Unmarshal(text, read)
}

func (t *template) kinds() []schema.GroupVersionKind {
	seen := map[schema.GroupVersionKind]bool{}
	kinds := []schema.GroupVersionKind{}
	for _, text := range t.Children {
		child := &unstructured.Unstructured{}
		if err := json.Unmarshal(text, child); err != nil {
			panic(err)
		}
		if kind := child.GroupVersionKind(); !seen[kind] {
			seen[kind] = true
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// fill puts a vault's own words in the place of the template's.
func fill(text []byte, vault *unstructured.Unstructured) []byte {
	filled := strings.NewReplacer(
		"VAULTNAMESPACE", vault.GetNamespace(), // before the name, with which it begins
		"VAULTNAME", vault.GetName(),
		"VAULTUID", string(vault.GetUID()),
		`"VAULTGENERATION"`, fmt.Sprint(vault.GetGeneration()),
	).Replace(string(text))
	return []byte(filled)
}

// fillSecrets gives every empty value of a Secret the one that it has, or a new random one.
func fillSecrets(child, live *unstructured.Unstructured) error {
	wanted, found, err := unstructured.NestedStringMap(child.Object, "data")
	if err != nil || !found {
		return err
	}
	held := map[string]string{}
	if live != nil {
		held, _, _ = unstructured.NestedStringMap(live.Object, "data")
	}
	for key, value := range wanted {
		if value != "UkFORE9N" { // RANDOM
			continue
		}
		if held[key] == "" {
			random := make([]byte, 24)
			if _, err := rand.Read(random); err != nil {
				return err
			}
			held[key] = base64.StdEncoding.EncodeToString([]byte(hex.EncodeToString(random)))
		}
		wanted[key] = held[key]
	}
	return unstructured.SetNestedStringMap(child.Object, wanted, "data")
}
