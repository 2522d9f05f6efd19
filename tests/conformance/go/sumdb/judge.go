package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/tlog"
)

// claims are what a ledger says of itself: a checkpoint, and proofs that lead to it.
type claims struct {
	Vkey      string
	Note      string
	Inclusion []struct {
		Index int64
		Leaf  string
		Proof []string
	}
	Consistency []struct {
		Older string
		Proof []string
	}
}

// verdicts are, for each claim, why it is refused, or nothing.
type verdicts struct {
	Note        string   `json:"note"`
	Inclusion   []string `json:"inclusion"`
	Consistency []string `json:"consistency"`
}

func judge(input io.Reader) (*verdicts, error) {
	var said claims
	if err := json.NewDecoder(input).Decode(&said); err != nil {
		return nil, err
	}
	tree, err := openCheckpoint(said.Note, said.Vkey)
	if err != nil {
		return &verdicts{Note: err.Error()}, nil
	}
	verdict := &verdicts{}
	for _, claim := range said.Inclusion {
		verdict.Inclusion = append(verdict.Inclusion, reason(included(tree, claim.Index, claim.Leaf, claim.Proof)))
	}
	for _, claim := range said.Consistency {
		verdict.Consistency = append(verdict.Consistency, reason(grown(tree, said.Vkey, claim.Older, claim.Proof)))
	}
	return verdict, nil
}

func reason(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func included(tree tlog.Tree, index int64, leaf string, proof []string) error {
	hashes, err := parseHashes(append([]string{leaf}, proof...))
	if err != nil {
		return err
	}
	return tlog.CheckRecord(hashes[1:], tree.N, tree.Hash, index, hashes[0])
}

func grown(tree tlog.Tree, vkey, older string, proof []string) error {
	old, err := openCheckpoint(older, vkey)
	if err != nil {
		return err
	}
	hashes, err := parseHashes(proof)
	if err != nil {
		return err
	}
	return tlog.CheckTree(hashes, tree.N, tree.Hash, old.N, old.Hash)
}

func parseHashes(texts []string) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(texts))
	for i, text := range texts {
		raw, err := hex.DecodeString(text)
		if err != nil {
			return nil, err
		}
		if copy(hashes[i][:], raw) != tlog.HashSize || len(raw) != tlog.HashSize {
			return nil, fmt.Errorf("a hash of %d bytes", len(raw))
		}
	}
	return hashes, nil
}
