// Reads a MasterObjectList with Spectra's SDK for Go: see parser.ts for what it is asked and answers.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/SpectraLogic/ds3_go_sdk/ds3/models"
)

// An answer of a server, as the SDK takes it.
type answer struct{ body io.ReadCloser }

func (answer) StatusCode() int       { return http.StatusOK }
func (a answer) Body() io.ReadCloser { return a.body }
func (answer) Header() *http.Header  { return &http.Header{} }

func main() {
	document, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	// It would complain of an attribute that is newer than itself, once for each object.
	log.SetOutput(io.Discard)
	var kept *models.GetJobSpectraS3Response
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		kept = nil
		began := time.Now()
		kept, err = models.NewGetJobSpectraS3Response(answer{io.NopCloser(bytes.NewReader(document))})
		elapsed := time.Since(began)
		if err != nil {
			panic(err)
		}
		objects := 0
		for _, chunk := range kept.MasterObjectList.Objects {
			objects += len(chunk.Objects)
		}
		fmt.Printf("%d %f\n", objects, float64(elapsed.Nanoseconds())/1e6)
	}
}
