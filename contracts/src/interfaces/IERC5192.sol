// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Minimal soulbound tokens (ERC-5192); its interface id is 0xb45a3c0e
interface IERC5192 {
    /// Emitted at minting: a grant is locked for its whole life.
    event Locked(uint256 tokenId);

    /// Part of the standard, never emitted here.
    event Unlocked(uint256 tokenId);

    /// @notice True for every token that exists; reverts for all others.
    function locked(uint256 tokenId) external view returns (bool);
}
