// Package acme has the accounts of an authority.
package acme

// Account is what an authority knows of an account.
type Account struct{}

// ExtendedAccount also says where the authority has it.
type ExtendedAccount struct {
	Account
	Location string
}
