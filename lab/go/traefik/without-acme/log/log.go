// Package log takes a logger, and has nothing to say to it.
package log

import "log/slog"

// SetDefault does nothing.
func SetDefault(*slog.Logger) {}
