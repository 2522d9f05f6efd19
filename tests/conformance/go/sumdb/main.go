// Sumdb checks a ledger with the packages that Go checks its own module mirror with: golang.org/x/mod/sumdb/note
// and golang.org/x/mod/sumdb/tlog. All that is judged here is judged by these.
//
//	sumdb follow -key FILE -records N -seed N URL [OLDER-CHECKPOINT ...]
//	sumdb judge < claims.json
//
// It keeps to Go 1.19 and x/mod 0.7.0, which is what Debian 12 has.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	if len(os.Args) < 2 {
		refuse(fmt.Errorf("follow or judge?"))
	}
	switch os.Args[1] {
	case "follow":
		report, err := followFromFlags(os.Args[2:])
		answer(report, err)
	case "judge":
		verdict, err := judge(os.Stdin)
		answer(verdict, err)
	default:
		refuse(fmt.Errorf("follow or judge, not %q", os.Args[1]))
	}
}

func followFromFlags(words []string) (*report, error) {
	flags := flag.NewFlagSet("follow", flag.ExitOnError)
	key := flags.String("key", "", "file with the ledger's public key")
	records := flags.Int("records", 0, "how many random records to prove")
	seed := flags.Int64("seed", 1, "of the choice of records")
	if err := flags.Parse(words); err != nil {
		return nil, err
	}
	vkey, err := os.ReadFile(*key)
	if err != nil {
		return nil, err
	}
	if flags.NArg() == 0 {
		return nil, fmt.Errorf("where is the ledger?")
	}
	return follow(flags.Arg(0), strings.TrimSpace(string(vkey)), *records, *seed, flags.Args()[1:])
}

func answer(value interface{}, err error) {
	if err != nil {
		refuse(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(value); err != nil {
		refuse(err)
	}
}

func refuse(err error) {
	fmt.Fprintln(os.Stderr, "refused:", err)
	os.Exit(1)
}

// openCheckpoint returns the tree that a signed checkpoint commits to.
func openCheckpoint(text, vkey string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open([]byte(text), note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	// tlog.ParseTree knows the checkpoints of one log only, by their first line; ours has its own origin there.
	origin, rest, found := strings.Cut(opened.Text, "\n")
	if !found || origin != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("a checkpoint of %q, not of %q", origin, verifier.Name())
	}
	return tlog.ParseTree([]byte("go.sum database tree\n" + rest))
}
