// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Circuits whose proofs the ledger can check
/// @notice Add-only. `circuit = T("circuit", u16 length ‖ protocol ‖ fingerprint ‖ SHA-256(key))`; the key is
/// the 26 words of a Groth16 verifying key over BN254 with 5 public inputs: α, β, γ, δ, IC, the imaginary part of
/// each G2 coordinate first.
///
/// Warning: being registered is no endorsement. Whoever made a key may know how to forge under it; readers accept
/// a circuit because their policy names it, never because it is here.
interface IProtocolRegistry {
    /// `key` is the address whose code, behind one zero byte, is the verifying key.
    event Registered(bytes32 indexed circuit, string protocol, bytes32 fingerprint, address key, uint64 time);

    /// Not 1 to 255 bytes of printable ASCII without space and '+'.
    error BadProtocol();
    error ZeroFingerprint();
    error BadKeyLength(uint256 words);
    /// The point that begins at this word has a coordinate not below p, or is off the curve or its subgroup.
    error BadPoint(uint256 word);
    error PointAtInfinity(uint256 word);
    /// Two of β, γ, δ are equal up to sign (anybody could forge), or δ is ± the generator.
    error DegenerateKey();
    error AlreadyRegistered(bytes32 circuit);
    error UnknownCircuit(bytes32 circuit);

    /// @notice Whoever holds it may register.
    function REGISTRAR() external view returns (bytes32);

    /// @notice Adds a circuit.
    /// @param protocol Its name, such as "allele-frequency/1"
    /// @param fingerprint SHA-256 of the R1CS in iden3's `.r1cs` bytes
    /// @param key 26 words; every point is checked
    /// @return circuit Its id
    function register(string calldata protocol, bytes32 fingerprint, uint256[] calldata key)
        external
        returns (bytes32 circuit);

    /// @notice Whether a proof is valid. False for a public input that is not below r and for every malformed
    /// proof; reverts only for an unknown circuit.
    /// @param inputs context, data, model, query, result
    /// @param proof A.x A.y, B.x.im B.x.re B.y.im B.y.re, C.x C.y
    function verify(bytes32 circuit, uint256[5] calldata inputs, uint256[8] calldata proof)
        external
        view
        returns (bool);

    /// @notice The 26 words of a registered key; reverts for an unknown circuit.
    function keyOf(bytes32 circuit) external view returns (uint256[] memory);

    /// @notice Where the key of a circuit lies, or would lie, as contract code.
    function keyAddress(bytes32 circuit) external view returns (address);
}
