// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What a log's origin and a protocol may be called
library Name {
    /// @notice 1 to 255 bytes of printable ASCII without space and '+' (which separates the parts of a C2SP
    /// verifier key).
    function isValid(string calldata name) internal pure returns (bool) {
        bytes calldata text = bytes(name);
        if (text.length == 0 || text.length > 255) return false;
        for (uint256 i = 0; i < text.length; i++) {
            bytes1 char = text[i];
            if (char <= 0x20 || char >= 0x7f || char == "+") return false;
        }
        return true;
    }
}
