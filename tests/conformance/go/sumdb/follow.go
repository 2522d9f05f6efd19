package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const height = 8 // of a tile: 256 hashes

// report says how much of a ledger was seen, and found to be what its checkpoint commits to.
type report struct {
	Size    int64
	Tiles   int
	Bundles int
	Records int
	Older   int
}

// follow reads every entry and every tile of the ledger at url, and proves random records and older checkpoints.
//
// The tree is made again from the entries, and each tile compared with it. A reader of few tiles would trust
// tlog.TileHashReader alone, which before x/mod 0.40.0 took some tiles unseen (CVE-2026-56865); so records are
// proved with it as well, but nothing rests on it.
func follow(url, vkey string, records int, seed int64, older []string) (*report, error) {
	log := &remote{url: strings.TrimSuffix(url, "/")}
	text, err := log.get("/checkpoint")
	if err != nil {
		return nil, err
	}
	tree, err := openCheckpoint(string(text), vkey)
	if err != nil {
		return nil, err
	}
	made, bundles, err := makeTree(log, tree)
	if err != nil {
		return nil, err
	}
	tiles, err := compareTiles(log, tree, made)
	if err != nil {
		return nil, err
	}
	if err := proveRecords(tree, tlog.TileHashReader(tree, log), made, records, seed); err != nil {
		return nil, err
	}
	if err := proveGrowth(tree, made, vkey, older); err != nil {
		return nil, err
	}
	return &report{tree.N, tiles, bundles, records, len(older)}, nil
}

// stored are the hashes of a tree in the order in which tlog numbers them.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		hashes[i] = s[index]
	}
	return hashes, nil
}

// makeTree makes the tree from every entry, and demands the root that the checkpoint has.
func makeTree(log *remote, tree tlog.Tree) (stored, int, error) {
	made, bundles := stored{}, 0
	for start := int64(0); start < tree.N; start += 1 << height {
		width := tree.N - start
		if width > 1<<height {
			width = 1 << height
		}
		tile := tlog.Tile{H: height, L: -1, N: start >> height, W: int(width)}
		entries, err := readEntries(log, tile)
		if err != nil {
			return nil, 0, fmt.Errorf("%s: %w", pathOf(tile), err)
		}
		for i, entry := range entries {
			hashes, err := tlog.StoredHashes(start+int64(i), entry, made)
			if err != nil {
				return nil, 0, err
			}
			made = append(made, hashes...)
		}
		bundles++
	}
	root, err := tlog.TreeHash(tree.N, made)
	if err == nil && root != tree.Hash {
		err = fmt.Errorf("the entries make another tree than the checkpoint has")
	}
	return made, bundles, err
}

func readEntries(log *remote, tile tlog.Tile) ([][]byte, error) {
	bundle, err := log.get(pathOf(tile))
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(bundle) > 0 {
		if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
			return nil, fmt.Errorf("the bundle ends within entry %d", len(entries))
		}
		end := 2 + int(binary.BigEndian.Uint16(bundle))
		entries = append(entries, bundle[2:end])
		bundle = bundle[end:]
	}
	if len(entries) != tile.W {
		return nil, fmt.Errorf("%d entries instead of %d", len(entries), tile.W)
	}
	return entries, nil
}

// compareTiles compares every tile of the tree, full and partial and on each level, with that made from the entries.
func compareTiles(log *remote, tree tlog.Tree, made stored) (int, error) {
	tiles := tilesOf(tree.N)
	for _, tile := range tiles {
		expected, err := tlog.ReadTileData(tile, made)
		if err != nil {
			return 0, err
		}
		served, err := log.get(pathOf(tile))
		if err != nil {
			return 0, err
		}
		if !bytes.Equal(served, expected) {
			return 0, fmt.Errorf("%s is not the tile that the entries make", pathOf(tile))
		}
	}
	return len(tiles), nil
}

// tilesOf names every tile of a tree. tlog.NewTiles names other ones as well in x/mod 0.7.0.
func tilesOf(size int64) []tlog.Tile {
	var tiles []tlog.Tile
	for level, hashes := 0, size; hashes > 0; level, hashes = level+1, hashes>>height {
		for start := int64(0); start < hashes; start += 1 << height {
			width := hashes - start
			if width > 1<<height {
				width = 1 << height
			}
			tiles = append(tiles, tlog.Tile{H: height, L: level, N: start >> height, W: int(width)})
		}
	}
	return tiles
}

// proveRecords proves random records as who holds the checkpoint alone does, from the few tiles that it takes.
func proveRecords(tree tlog.Tree, hashes tlog.HashReader, made stored, records int, seed int64) error {
	choice := rand.New(rand.NewSource(seed))
	for i := 0; i < records; i++ {
		n := choice.Int63n(tree.N)
		proof, err := tlog.ProveRecord(tree.N, n, hashes)
		if err != nil {
			return err
		}
		leaf := made[tlog.StoredHashIndex(0, n)]
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, n, leaf); err != nil {
			return fmt.Errorf("record %d: %w", n, err)
		}
	}
	return nil
}

// proveGrowth proves that the tree extends those of older checkpoints, which are files.
func proveGrowth(tree tlog.Tree, hashes tlog.HashReader, vkey string, older []string) error {
	for _, file := range older {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		old, err := openCheckpoint(string(text), vkey)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		proof, err := tlog.ProveTree(tree.N, old.N, hashes)
		if err != nil {
			return fmt.Errorf("from %d to %d: %w", old.N, tree.N, err)
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash); err != nil {
			return fmt.Errorf("from %d to %d: %w", old.N, tree.N, err)
		}
	}
	return nil
}

// remote is a ledger over HTTP, from which tlog reads tiles.
type remote struct {
	url string
}

func (r *remote) Height() int { return height }

func (r *remote) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		var err error
		if data[i], err = r.get(pathOf(tile)); err != nil {
			return nil, err
		}
	}
	return data, nil
}

// SaveTiles keeps nothing: each proof is made from what is served for it.
func (r *remote) SaveTiles([]tlog.Tile, [][]byte) {}

// pathOf turns tlog's own path of a tile, tile/8/0/001, into that of C2SP tlog-tiles, /tile/0/001.
func pathOf(tile tlog.Tile) string {
	path := "/" + strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", height), "tile/", 1)
	return strings.Replace(path, "tile/data/", "tile/entries/", 1)
}

func (r *remote) get(path string) ([]byte, error) {
	answer, err := http.Get(r.url + path)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", path, answer.Status)
	}
	return body, err
}
