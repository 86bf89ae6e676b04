"""The compiled parts of solproof, built from the Rust workspace `native/`.

`prover` makes and checks proofs of tables and knows nothing of Solana. `primitives` computes the cryptography
of the syscalls. They are two modules so that running a program does not load the prover. Importing this
package loads neither.
"""
