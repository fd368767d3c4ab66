// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {Accumulator} from "./Accumulator.sol";

/// @title ERC-721 whose every event is in the accumulator and whose owners lie in the heir's own slots
/// @dev The heir overrides `_ownerOf`, and `_update` without a call to super, which would write OpenZeppelin's
/// own owner slot (22,100 gas a mint). Balances are ours because OpenZeppelin's are private.
abstract contract RecordedERC721 is Accumulator, ERC721 {
    mapping(address owner => uint256) private _held;

    function balanceOf(address owner) public view override returns (uint256) {
        if (owner == address(0)) revert ERC721InvalidOwner(address(0));
        return _held[owner];
    }

    /// @dev What every move of a token has in common: balances, and the event.
    function _move(address from, address to, uint256 tokenId) internal {
        if (from != address(0)) _held[from] -= 1;
        if (to != address(0)) _held[to] += 1;
        _log(abi.encode(Transfer.selector, from, to, tokenId), "");
    }

    /// @dev Called with `emitEvent` false where a transfer clears the approval: nothing to record then.
    function _approve(address to, uint256 tokenId, address auth, bool emitEvent) internal override {
        super._approve(to, tokenId, auth, emitEvent);
        if (emitEvent) _record(abi.encode(Approval.selector, _ownerOf(tokenId), to, tokenId), "");
    }

    function _setApprovalForAll(address owner, address operator, bool approved) internal override {
        super._setApprovalForAll(owner, operator, approved);
        _record(abi.encode(ApprovalForAll.selector, owner, operator), abi.encode(approved));
    }
}
