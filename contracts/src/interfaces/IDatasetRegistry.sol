// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice One version of a dataset. Stored as one hash, `keccak256(abi.encode(version))`.
struct Version {
    /// SHA-256 of the manifest (a DAG-CBOR block: its CID follows).
    bytes32 manifest;
    /// Commitment to the panel, a field element of BN254.
    bytes32 dataRoot;
    /// Commitment to the data key, a field element of BN254.
    bytes32 keyCommit;
    uint64 samples;
    uint64 columns;
}

/// @notice What a grant costs and how long its phases last. Stored as one hash, `keccak256(abi.encode(terms))`.
struct Terms {
    /// In the token's smallest unit; 0 is allowed.
    uint96 price;
    /// An allow-listed ERC-20.
    address token;
    /// Access, counted from delivery.
    uint32 accessSeconds;
    /// From purchase to the last moment of delivery.
    uint32 deliverySeconds;
    /// From delivery to settlement.
    uint32 disputeSeconds;
}

/// @notice All that a purchase has to know about a dataset.
struct Sale {
    /// Zero if there is no such dataset.
    address owner;
    /// The current (latest) version.
    uint64 version;
    uint8 status;
    bytes32 versionCommit;
    bytes32 termsHash;
}

// `status` of a dataset.
uint8 constant ON_SALE = 1;
uint8 constant PAUSED = 2;

/// @title Listed datasets
/// @notice A dataset is an ERC-721 token. Its owner adds versions, which stay readable for ever, sets the terms
/// and pauses sales.
/// @dev Versions and terms are stored as hashes; calls and events carry the preimages.
///
/// Warning: nothing here binds a data root to the body that a manifest names. Only a reader who opened and
/// recomputed it can say so.
/// Warning: whoever gets the token gets the listing, future payments included; orders already placed keep their
/// payee and their deliverer.
interface IDatasetRegistry {
    event Listed(uint256 indexed dataset, address indexed owner, Version version, Terms terms, uint64 time);
    event Versioned(uint256 indexed dataset, uint64 version, Version v, uint64 time);
    event TermsSet(uint256 indexed dataset, Terms terms, uint64 time);
    event StatusSet(uint256 indexed dataset, uint8 status, uint64 time);
    event TokenSet(address indexed token, bool allowed, uint64 time);

    error NotOwner(uint256 dataset, address caller);
    error ZeroManifest();
    /// A data root or a key commitment that is not below the order of BN254's scalar field.
    error NotInField(uint256 value);
    error NoSamples();
    error TokenNotAllowed(address token);
    error NoCode(address token);
    /// A delivery or dispute window outside 1 hour to 30 days.
    error WindowOutOfRange(uint32 window);
    /// Access for less than 1 hour.
    error AccessTooShort(uint32 accessSeconds);
    error BadStatus(uint8 status);

    /// @notice Whoever holds it decides which tokens new terms may name.
    function TOKEN_LISTER() external view returns (bytes32);

    /// @notice Lists a dataset on sale, as version 1, and mints its token to the caller.
    /// @return dataset The token's id, counted from 1.
    function list(Version calldata v, Terms calldata terms) external returns (uint256 dataset);

    /// @notice Adds a version, which becomes the one on sale. Only the owner.
    /// @return version Its number, one above the last.
    function newVersion(uint256 dataset, Version calldata v) external returns (uint64 version);

    /// @notice Replaces the terms of future purchases. Only the owner.
    function setTerms(uint256 dataset, Terms calldata terms) external;

    /// @notice Opens ({ON_SALE}) or closes ({PAUSED}) the dataset to new purchases. Only the owner.
    function setStatus(uint256 dataset, uint8 status) external;

    /// @notice Lets new terms name `token`, or no longer.
    /// Warning: the market takes an allow-listed token at its word. One that charges a fee on transfer, rebases,
    /// or moves money and says that it failed, makes escrow short.
    /// Warning: terms set before stay as they are when a token leaves the list, and can still be bought.
    function setToken(address token, bool allowed) external;

    /// @notice `keccak256(abi.encode(Version))` of a version, or zero if there is none.
    function versionCommit(uint256 dataset, uint64 version) external view returns (bytes32);

    /// @notice `keccak256(abi.encode(Terms))` of the current terms, or zero if there is no such dataset.
    function termsHash(uint256 dataset) external view returns (bytes32);

    /// @notice All zero if there is no such dataset.
    /// @return owner The token's owner
    /// @return versions How many versions there are; the last is the one on sale
    /// @return status {ON_SALE} or {PAUSED}
    function head(uint256 dataset) external view returns (address owner, uint64 versions, uint8 status);

    /// @notice What the market needs, in one call. All zero if there is no such dataset.
    function sale(uint256 dataset) external view returns (Sale memory);

    /// @notice How many datasets were listed.
    function count() external view returns (uint256);

    /// @notice Whether new terms may name `token`.
    function tokenAllowed(address token) external view returns (bool);
}
