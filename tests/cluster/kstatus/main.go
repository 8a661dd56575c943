// Tells for each object, one JSON document a line, what kstatus makes of it: Flux's own library.
package main

import (
	"bufio"
	"fmt"
	"os"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		obj := &unstructured.Unstructured{}
		if err := obj.UnmarshalJSON(lines.Bytes()); err != nil {
			panic(err)
		}
		result, err := status.Compute(obj)
		if err != nil {
			panic(err)
		}
		fmt.Println(result.Status)
	}
}
