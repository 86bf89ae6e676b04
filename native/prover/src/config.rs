//! The proof system: field, hash, commitment, and the parameters that a caller may choose.

use p3_challenger::DuplexChallenger;
use p3_commit::{ExtensionMmcs, Pcs};
use p3_dft::Radix2DitParallel;
use p3_field::Field;
use p3_field::extension::BinomialExtensionField;
use p3_fri::{FriParameters, TwoAdicFriPcs};
use p3_koala_bear::{KoalaBear, Poseidon2KoalaBear, default_koalabear_poseidon2_16};
use p3_merkle_tree::MerkleTreeMmcs;
use p3_symmetric::TruncatedPermutation;
use p3_uni_stark::StarkConfig;
use serde::{Deserialize, Serialize};

use crate::failure::{Outcome, refuse};
use crate::sponge::Sponge;

pub type Val = KoalaBear;
pub type Challenge = BinomialExtensionField<Val, 4>;
/// Base-field cells of one extension-field element.
pub const EXTENSION_DEGREE: usize = 4;
/// Floor of log2(p^4) with p = 2^31 - 2^24 + 1. Challenges are drawn from a set of size p^4.
pub const CHALLENGE_BITS: usize = 123;
/// The birthday bound of the hash: half of the bits of an 8-element digest or capacity (8 * 30.99 bits).
pub const COLLISION_BITS: usize = 123;
/// log2 of the largest power-of-two subgroup of the field.
pub const TWO_ADICITY: usize = 24;

type Permutation = Poseidon2KoalaBear<16>;
type Compression = TruncatedPermutation<Permutation, 2, 8, 16>;
type ValMmcs = MerkleTreeMmcs<<Val as Field>::Packing, <Val as Field>::Packing, Sponge, Compression, 2, 8>;
type ChallengeMmcs = ExtensionMmcs<Val, Challenge, ValMmcs>;
pub type Challenger = DuplexChallenger<Val, Permutation, 16, 8>;
pub type Dft = Radix2DitParallel<Val>;
pub type CommitmentScheme = TwoAdicFriPcs<Val, Dft, ValMmcs, ChallengeMmcs>;
pub type Config = StarkConfig<CommitmentScheme, Challenge, Challenger>;
pub type Commitment = <CommitmentScheme as Pcs<Challenge, Challenger>>::Commitment;
pub type CommitmentData = <CommitmentScheme as Pcs<Challenge, Challenger>>::ProverData;

/// No proof below this many proven bits is made or accepted, whatever the parameters are.
pub const MINIMUM_TARGET_BITS: u32 = 100;
/// Limit on proof-of-work bits: the field must have 2^bits candidates, and one machine must be able to try them.
const MAXIMUM_GRINDING_BITS: usize = 28;

/// Proof-of-work bits before each challenge at which a prover could retry for a favourable value.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Grinding {
    /// Before the lookup challenges.
    pub lookup: usize,
    /// Before the out-of-domain point.
    pub out_of_domain: usize,
    /// Before the challenge that combines all openings into one codeword.
    pub batch: usize,
    /// Before the folding challenge of *each* round of the low-degree test.
    pub commit: usize,
    /// Before the query positions.
    pub query: usize,
}

/// Every choice that a caller makes about the proof system. It is bound into every proof.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    pub log_blowup: usize,
    pub queries: usize,
    pub log_final_polynomial_length: usize,
    pub max_log_arity: usize,
    pub cap_height: usize,
    pub grinding: Grinding,
    pub target_bits: u32,
}

impl Default for Parameters {
    /// 223 queries of 0.415 bits and 18 bits of proof of work give 110 proven bits in the unique-decoding regime.
    ///
    /// The terms that shrink as tables grow stay near that up to 2^18 rows, and above 105 bits up to 2^22. A blowup
    /// of 4 with 137 queries gives the same bits in two thirds of the bytes and 1.7 times the time. A Merkle cap
    /// would only add bytes, because the queries of one tree already share their paths.
    fn default() -> Self {
        Self {
            log_blowup: 1,
            queries: 223,
            log_final_polynomial_length: 0,
            max_log_arity: 3,
            cap_height: 0,
            grinding: Grinding { lookup: 16, out_of_domain: 16, batch: 18, commit: 12, query: 18 },
            target_bits: MINIMUM_TARGET_BITS,
        }
    }
}

impl Parameters {
    /// Parses the JSON form. Every field is required and bounded.
    pub fn parse(bytes: &[u8]) -> Outcome<Self> {
        let parameters: Self = match serde_json::from_slice(bytes) {
            Ok(parameters) => parameters,
            Err(error) => return refuse(format!("parameters: {error}")),
        };
        parameters.check()?;
        Ok(parameters)
    }

    fn check(&self) -> Outcome<()> {
        let Grinding { lookup, out_of_domain, batch, commit, query } = self.grinding;
        let bounds = [
            ("log_blowup", self.log_blowup, 1, 4),
            ("queries", self.queries, 1, 1024),
            ("log_final_polynomial_length", self.log_final_polynomial_length, 0, 10),
            ("max_log_arity", self.max_log_arity, 1, 6),
            ("cap_height", self.cap_height, 0, 10),
            ("grinding.lookup", lookup, 0, MAXIMUM_GRINDING_BITS),
            ("grinding.out_of_domain", out_of_domain, 0, MAXIMUM_GRINDING_BITS),
            ("grinding.batch", batch, 0, MAXIMUM_GRINDING_BITS),
            ("grinding.commit", commit, 0, MAXIMUM_GRINDING_BITS),
            ("grinding.query", query, 0, MAXIMUM_GRINDING_BITS),
            ("target_bits", self.target_bits as usize, MINIMUM_TARGET_BITS as usize, CHALLENGE_BITS),
        ];
        for (name, value, least, most) in bounds {
            if value < least || value > most {
                return refuse(format!("parameters: {name} is {value}, expected {least} to {most}"));
            }
        }
        Ok(())
    }

    pub fn to_json(self) -> Vec<u8> {
        serde_json::to_vec(&self).expect("numbers always serialize")
    }

    /// The low-degree test with its Merkle trees.
    pub fn fri(&self, sponge: Sponge) -> FriParameters<ChallengeMmcs> {
        FriParameters {
            log_blowup: self.log_blowup,
            log_final_poly_len: self.log_final_polynomial_length,
            max_log_arity: self.max_log_arity,
            num_queries: self.queries,
            batch_proof_of_work_bits: self.grinding.batch,
            commit_proof_of_work_bits: self.grinding.commit,
            query_proof_of_work_bits: self.grinding.query,
            mmcs: ChallengeMmcs::new(self.trees(sponge)),
        }
    }

    fn trees(&self, sponge: Sponge) -> ValMmcs {
        ValMmcs::new(sponge, Compression::new(default_koalabear_poseidon2_16()), self.cap_height)
    }

    /// The whole configuration. `challenger` must have absorbed the statement.
    pub fn config(&self, transform: Dft, challenger: Challenger, sponge: Sponge) -> Config {
        let scheme = CommitmentScheme::new(transform, self.trees(sponge.clone()), self.fri(sponge));
        Config::new(scheme, challenger)
            .with_lookup_proof_of_work_bits(self.grinding.lookup)
            .with_ood_proof_of_work_bits(self.grinding.out_of_domain)
    }
}

/// A challenger that has absorbed nothing, over the published Poseidon2 constants.
pub fn fresh_challenger() -> Challenger {
    Challenger::new(default_koalabear_poseidon2_16())
}
