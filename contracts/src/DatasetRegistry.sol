// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {RecordedERC721} from "./RecordedERC721.sol";
import {RecordedRoles} from "./RecordedRoles.sol";
import {IDatasetRegistry, ON_SALE, PAUSED, Sale, Terms, Version} from "./interfaces/IDatasetRegistry.sol";
import {R} from "./libraries/Bn254.sol";

/// @notice See {IDatasetRegistry}.
contract DatasetRegistry is RecordedERC721, RecordedRoles, IDatasetRegistry {
    struct Head {
        address owner;
        uint64 versions;
        uint8 status;
    }

    bytes32 public constant TOKEN_LISTER = keccak256("TOKEN_LISTER");

    // Starts at 1, so that no listing pays for a first write.
    uint256 private _next = 1;
    mapping(uint256 dataset => Head) private _heads;
    mapping(uint256 dataset => mapping(uint64 version => bytes32)) public versionCommit;
    mapping(uint256 dataset => bytes32) public termsHash;
    mapping(address token => bool) public tokenAllowed;

    constructor(address admin) ERC721("Provenome Dataset", "PVD") RecordedRoles(admin, TOKEN_LISTER) {}

    function list(Version calldata v, Terms calldata terms) external returns (uint256 dataset) {
        _checkVersion(v);
        _checkTerms(terms);

        dataset = _next++;
        _heads[dataset] = Head({owner: address(0), versions: 1, status: ON_SALE});
        versionCommit[dataset][1] = keccak256(abi.encode(v));
        termsHash[dataset] = keccak256(abi.encode(terms));
        _mint(msg.sender, dataset);
        _log(abi.encode(Listed.selector, dataset, msg.sender), abi.encode(v, terms, uint64(block.timestamp)));
    }

    function newVersion(uint256 dataset, Version calldata v) external returns (uint64 version) {
        _checkOwner(dataset);
        _checkVersion(v);

        version = ++_heads[dataset].versions;
        versionCommit[dataset][version] = keccak256(abi.encode(v));
        _log(abi.encode(Versioned.selector, dataset), abi.encode(version, v, uint64(block.timestamp)));
    }

    function setTerms(uint256 dataset, Terms calldata terms) external {
        _checkOwner(dataset);
        _checkTerms(terms);

        termsHash[dataset] = keccak256(abi.encode(terms));
        _log(abi.encode(TermsSet.selector, dataset), abi.encode(terms, uint64(block.timestamp)));
    }

    function setStatus(uint256 dataset, uint8 status) external {
        _checkOwner(dataset);
        if (status != ON_SALE && status != PAUSED) revert BadStatus(status);

        _heads[dataset].status = status;
        _log(abi.encode(StatusSet.selector, dataset), abi.encode(status, uint64(block.timestamp)));
    }

    function setToken(address token, bool allowed) external onlyRole(TOKEN_LISTER) {
        if (allowed && token.code.length == 0) revert NoCode(token);

        tokenAllowed[token] = allowed;
        _log(abi.encode(TokenSet.selector, token), abi.encode(allowed, uint64(block.timestamp)));
    }

    function head(uint256 dataset) external view returns (address owner, uint64 versions, uint8 status) {
        Head storage h = _heads[dataset];
        return (h.owner, h.versions, h.status);
    }

    function sale(uint256 dataset) external view returns (Sale memory) {
        Head memory h = _heads[dataset];
        return Sale({
            owner: h.owner,
            version: h.versions,
            status: h.status,
            versionCommit: versionCommit[dataset][h.versions],
            termsHash: termsHash[dataset]
        });
    }

    function count() external view returns (uint256) {
        return _next - 1;
    }

    function supportsInterface(bytes4 id) public view override(ERC721, AccessControl) returns (bool) {
        return super.supportsInterface(id);
    }

    function _checkOwner(uint256 dataset) private view {
        if (_heads[dataset].owner != msg.sender) revert NotOwner(dataset, msg.sender);
    }

    function _checkVersion(Version calldata v) private pure {
        if (v.manifest == 0) revert ZeroManifest();
        if (uint256(v.dataRoot) >= R) revert NotInField(uint256(v.dataRoot));
        if (uint256(v.keyCommit) >= R) revert NotInField(uint256(v.keyCommit));
        if (v.samples == 0) revert NoSamples();
    }

    function _checkTerms(Terms calldata terms) private view {
        if (!tokenAllowed[terms.token]) revert TokenNotAllowed(terms.token);
        if (terms.accessSeconds < 1 hours) revert AccessTooShort(terms.accessSeconds);
        _checkWindow(terms.deliverySeconds);
        _checkWindow(terms.disputeSeconds);
    }

    function _checkWindow(uint32 window) private pure {
        if (window < 1 hours || window > 30 days) revert WindowOutOfRange(window);
    }

    function _ownerOf(uint256 dataset) internal view override returns (address) {
        return _heads[dataset].owner;
    }

    function _update(address to, uint256 dataset, address auth) internal override returns (address from) {
        from = _ownerOf(dataset);
        if (auth != address(0)) _checkAuthorized(from, auth, dataset);

        if (from != address(0)) _approve(address(0), dataset, address(0), false);
        _heads[dataset].owner = to;
        _move(from, to, dataset);
    }
}
