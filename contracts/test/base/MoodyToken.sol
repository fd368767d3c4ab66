// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TestToken} from "../../src/TestToken.sol";

/// @dev An allow-listed token that turns on its holders.
contract MoodyToken is TestToken {
    enum Mood {
        Kind,
        Reverts,
        ReturnsFalse,
        ReturnsNothing,
        Reenters,
        ReentersAndRefuses
    }

    Mood public mood;
    address public target;
    bytes public call;
    bool public reentryWorked;

    function set(Mood mood_) external {
        mood = mood_;
    }

    /// Calls `target` before the next transfer, once; `Reenters` passes on its revert.
    function reenter(Mood mood_, address target_, bytes calldata call_) external {
        (mood, target, call) = (mood_, target_, call_);
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        _act();
        if (mood == Mood.ReturnsFalse) return false;
        super.transfer(to, amount);
        _answer();
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        _act();
        if (mood == Mood.ReturnsFalse) return false;
        super.transferFrom(from, to, amount);
        _answer();
        return true;
    }

    function _act() private {
        require(mood != Mood.Reverts, "no");
        if (mood != Mood.Reenters && mood != Mood.ReentersAndRefuses) return;
        bool refuses = mood == Mood.ReentersAndRefuses;
        mood = Mood.Kind;
        (bool ok, bytes memory out) = target.call(call);
        require(!refuses, "no");
        reentryWorked = ok;
        if (ok) return;
        assembly ("memory-safe") {
            revert(add(out, 0x20), mload(out))
        }
    }

    function _answer() private view {
        if (mood != Mood.ReturnsNothing) return;
        assembly ("memory-safe") {
            return(0, 0)
        }
    }
}
