//go:build unix

package main

import (
	"os"
	"syscall"
)

// keepOwner gives a file the owner of another, where who runs this may: what root writes anew for a service stays the service's.
func keepOwner(path string, of os.FileInfo) error {
	was, ok := of.Sys().(*syscall.Stat_t)
	if !ok || os.Geteuid() != 0 {
		return nil
	}
	return os.Chown(path, int(was.Uid), int(was.Gid))
}
