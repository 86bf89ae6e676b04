//! The hash of Merkle leaves, with a shortcut for the verifier.
//!
//! Two thirds of a verification is hashing opened rows, one leaf after the other. All leaves are in the proof. So a
//! verifier can hash them beforehand, many at once in the lanes of vector registers, and remember the digests by
//! content. When Plonky3 asks for the hash of a leaf, the digest is already there. The digests are those of the plain
//! sponge, so the shortcut cannot change a verdict. A leaf that was not hashed beforehand is hashed on request.

use std::any::Any;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::RandomState;
use p3_field::{Field, PackedValue};
use p3_koala_bear::{Poseidon2KoalaBear, default_koalabear_poseidon2_16};
use p3_symmetric::{CryptographicHasher, PaddingFreeSponge};
use rayon::prelude::*;

use crate::config::Val;

type Inner = PaddingFreeSponge<Poseidon2KoalaBear<16>, 16, 8, 8>;
type Packed = <Val as Field>::Packing;
type Digest = [Val; 8];
type Digests = HashMap<Vec<Val>, Digest, RandomState>;

/// The rows that the queries open in one commitment: `rows[query][matrix][column]`, and log2 of each matrix's height.
pub struct Opened<'a> {
    pub rows: &'a [Vec<Vec<Val>>],
    pub log_heights: Vec<u32>,
}

/// The sponge over Poseidon2, with the digests of leaves that were hashed beforehand.
#[derive(Clone)]
pub struct Sponge {
    inner: Inner,
    known: Option<Arc<Digests>>,
}

impl Sponge {
    /// Without known leaves, for provers.
    pub fn new() -> Self {
        Self { inner: Inner::new(default_koalabear_poseidon2_16()), known: None }
    }

    /// With the leaves of the given openings, for one verification.
    pub fn knowing(openings: &[Opened<'_>]) -> Self {
        let plain = Self::new();
        let groups: Vec<Vec<Vec<Val>>> = openings.iter().flat_map(leaves).collect();
        let digests = groups.into_par_iter().flat_map(|group| plain.hash_group(group)).collect();
        Self { known: Some(Arc::new(digests)), ..plain }
    }

    /// The digests of leaves of one length.
    fn hash_group(&self, leaves: Vec<Vec<Val>>) -> Vec<(Vec<Val>, Digest)> {
        let length = leaves.first().map_or(0, Vec::len);
        let mut digests = Vec::with_capacity(leaves.len());
        for lanes in leaves.chunks(Packed::WIDTH) {
            // If the last chunk is not full, it repeats its first leaf.
            let column = |row: usize| Packed::from_fn(|lane| lanes.get(lane).unwrap_or(&lanes[0])[row]);
            let packed: [Packed; 8] = self.inner.hash_iter((0..length).map(column));
            digests.extend((0..lanes.len()).map(|lane| packed.map(|part| part.as_slice()[lane])));
        }
        leaves.into_iter().zip(digests).collect()
    }
}

/// The distinct leaves of one commitment, by height. A leaf is the rows of all matrices of one height, in their order.
fn leaves(opened: &Opened<'_>) -> Vec<Vec<Vec<Val>>> {
    let mut matrices: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (matrix, &height) in opened.log_heights.iter().enumerate() {
        matrices.entry(height).or_default().push(matrix);
    }
    let leaf = |rows: &Vec<Vec<Val>>, group: &Vec<usize>| -> Option<Vec<Val>> {
        let parts: Option<Vec<&[Val]>> =
            group.iter().map(|&matrix| rows.get(matrix).map(Vec::as_slice)).collect();
        parts.map(|parts| parts.concat())
    };
    matrices
        .values()
        .filter_map(|group| {
            // Openings with unexpected dimensions are skipped here, because the verification rejects them.
            let found: Option<HashSet<Vec<Val>, RandomState>> =
                opened.rows.iter().map(|rows| leaf(rows, group)).collect();
            let found: Vec<Vec<Val>> = found?.into_iter().collect();
            let length = found.first()?.len();
            found.iter().all(|leaf| leaf.len() == length).then_some(found)
        })
        .collect()
}

/// One implementation for scalars and packed vectors, which are the same type on machines without vector instructions.
/// Only leaves of scalars can be known, because a verifier hashes scalars.
impl<T: Clone + 'static> CryptographicHasher<T, [T; 8]> for Sponge
where
    Inner: CryptographicHasher<T, [T; 8]>,
{
    const LANES: usize = <Inner as CryptographicHasher<T, [T; 8]>>::LANES;
    const PREFER_CONTIGUOUS_INPUT: bool = <Inner as CryptographicHasher<T, [T; 8]>>::PREFER_CONTIGUOUS_INPUT;

    fn hash_iter<I: IntoIterator<Item = T>>(&self, input: I) -> [T; 8] {
        self.inner.hash_iter(input)
    }

    fn hash_iter_slices<'a, I: IntoIterator<Item = &'a [T]>>(&self, input: I) -> [T; 8]
    where
        T: 'a,
    {
        let Some(known) = &self.known else {
            return self.inner.hash_iter_slices(input);
        };
        let leaf: Vec<T> = input.into_iter().flatten().cloned().collect();
        let digest = (&leaf as &dyn Any).downcast_ref::<Vec<Val>>().and_then(|leaf| known.get(leaf));
        match digest.and_then(|digest| (digest as &dyn Any).downcast_ref::<[T; 8]>()) {
            Some(digest) => digest.clone(),
            None => self.inner.hash_slice(&leaf),
        }
    }
}
