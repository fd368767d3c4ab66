// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {RecordedERC721} from "./RecordedERC721.sol";
import {IERC5192} from "./interfaces/IERC5192.sol";
import {DELIVERED, IGrantMarket, Order, PAID, SETTLED} from "./interfaces/IGrantMarket.sol";
import {Preimage} from "./libraries/Preimage.sol";

/// @title Grants as records, and the records as locked tokens
abstract contract GrantToken is RecordedERC721, IERC5192, IGrantMarket {
    using Preimage for Order;

    struct Grant {
        address buyer;
        uint40 deadline;
        uint40 expiresAt;
        uint8 status;
        bytes32 commitment;
    }

    mapping(uint256 grant => Grant) internal _grants;

    constructor() ERC721("Provenome Grant", "PVG") {}

    function orderOf(uint256 grant)
        external
        view
        returns (address buyer, uint64 deadline, uint64 expiry, uint8 status)
    {
        Grant storage g = _grants[grant];
        return (g.buyer, g.deadline, g.expiresAt, g.status);
    }

    function commitmentOf(uint256 grant) external view returns (bytes32) {
        return _grants[grant].commitment;
    }

    function verifyOrder(uint256 grant, Order calldata order, bytes32 envelope)
        external
        view
        returns (address buyer, uint8 status, bool active)
    {
        Grant storage g = _grants[grant];
        (buyer, status, active) = (g.buyer, g.status, isActive(grant));
        _expect(grant, order, envelope, status);
    }

    function isActive(uint256 grant) public view returns (bool) {
        Grant storage g = _grants[grant];
        return (g.status == DELIVERED || g.status == SETTLED) && block.timestamp < g.expiresAt;
    }

    function expiresAt(uint256 grant) external view returns (uint64) {
        return _grants[grant].expiresAt;
    }

    function locked(uint256 grant) external view returns (bool) {
        _requireOwned(grant);
        return true;
    }

    function approve(address, uint256) public pure override {
        revert GrantLocked();
    }

    function setApprovalForAll(address, bool) public pure override {
        revert GrantLocked();
    }

    function supportsInterface(bytes4 id) public view virtual override returns (bool) {
        return id == type(IERC5192).interfaceId || super.supportsInterface(id);
    }

    /// @dev Mints the token and writes its record, in this order: `_mint` demands that there is no owner yet.
    function _issue(uint256 grant, address buyer, uint40 deadline, bytes32 orderHash) internal {
        _mint(buyer, grant);
        _grants[grant] = Grant({
            buyer: buyer,
            deadline: deadline,
            expiresAt: 0,
            status: PAID,
            commitment: _commitment(orderHash, 0)
        });
        _log(abi.encode(Locked.selector), abi.encode(grant));
    }

    function _erase(uint256 grant) internal {
        _burn(grant);
        delete _grants[grant];
    }

    function _expect(uint256 grant, Order calldata order, bytes32 envelope, uint8 status)
        internal
        view
        returns (Grant storage g)
    {
        g = _grants[grant];
        if (status == 0 || g.status != status) revert WrongStatus(grant, g.status);
        if (g.commitment != _commitment(order.hash(), envelope)) revert WrongOrder(grant);
    }

    function _commitment(bytes32 orderHash, bytes32 envelope) internal pure returns (bytes32) {
        return keccak256(abi.encode(orderHash, envelope));
    }

    function _ownerOf(uint256 grant) internal view override returns (address) {
        return _grants[grant].buyer;
    }

    /// @dev Transfers come with the caller as `auth`, minting and burning with none.
    function _update(address to, uint256 grant, address auth) internal override returns (address from) {
        if (auth != address(0)) revert GrantLocked();
        from = _ownerOf(grant);
        _move(from, to, grant);
    }
}
