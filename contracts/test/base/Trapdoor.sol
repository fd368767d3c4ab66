// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {P, R} from "../../src/libraries/Bn254.sol";

/// @dev A verifying key whose maker knows every exponent, and therefore proves anything: the contracts do for its
/// proofs exactly what they do for real ones. G2 has no precompile for multiplication, so its points are constants:
/// x · G2 for x = SHA-256("provenome/test/<name>") mod r, name = beta, delta, b.
library Trapdoor {
    uint256 private constant BETA =
        8796031294935913782627677006916111063833403256120778755475935009212740156022;
    uint256 private constant DELTA =
        16441377836646829253466440381188247525962027588468330411389926021808512387304;
    uint256 private constant B =
        14866203191502992028993618427309011555170422856496069376604659856267161454527;

    function key() internal view returns (uint256[] memory words) {
        words = new uint256[](26);
        (words[0], words[1]) = mulG1(_secret("alpha"));
        // β
        words[2] = 4687982845467115059000183419197587556408741380389455050637504832654313289510;
        words[3] = 3211671108213456792817491904343729645447897481338584951181788756824647912918;
        words[4] = 13271382333234689291767182568447392210104503202622580161135533084271749561812;
        words[5] = 12297607198640564355796157852417781885469889161340489363585584268617665305944;
        // γ, the generator
        words[6] = 11559732032986387107991004021392285783925812861821192530917403151452391805634;
        words[7] = 10857046999023057135944570762232829481370756359578518086990519993285655852781;
        words[8] = 4082367875863433681332203403145435568316851327593401208105741076214120093531;
        words[9] = 8495653923123431417604973247489272438418190587263600148770280649306958101930;
        // δ
        words[10] = 12896790110543190466031537748659776866092674536067337942806376664779488970642;
        words[11] = 11768535563084759144069217901197074689333382285475591243038092534195650067186;
        words[12] = 5953408667948177273158531358421596383780351885850111410079859591606692423811;
        words[13] = 13311861420224183286974065146642759868167314987941605933450372835308258707220;
        for (uint256 i = 0; i < 6; i++) {
            (words[14 + 2 * i], words[15 + 2 * i]) = mulG1(_ic(i));
        }
    }

    /// A and B are chosen, C is solved from e(A, B) = e(α, β) · e(Σ, γ) · e(C, δ) in the exponent.
    function prove(uint256[5] memory inputs) internal view returns (uint256[8] memory proof) {
        uint256 sum = _ic(0);
        for (uint256 i = 0; i < 5; i++) {
            sum = addmod(sum, mulmod(inputs[i], _ic(i + 1), R), R);
        }
        sum = addmod(sum, mulmod(_secret("alpha"), BETA, R), R);
        uint256 c = mulmod(addmod(mulmod(_secret("a"), B, R), R - sum, R), inverse(DELTA), R);
        (proof[0], proof[1]) = mulG1(_secret("a"));
        proof[2] = 15914989362679375778806881275337288978516458634380901606250635001421042026714;
        proof[3] = 8680089385323382524532753476494772446824217848414957556017811585624231873371;
        proof[4] = 4947354365149917915374325276321787852550277350808846072153621367545981866764;
        proof[5] = 12186032658838237096667179635290339945819197408488362161236572543279831856798;
        (proof[6], proof[7]) = mulG1(c);
    }

    function mulG1(uint256 scalar) internal view returns (uint256 x, uint256 y) {
        (bool ok, bytes memory out) = address(7).staticcall(abi.encode(1, 2, scalar));
        require(ok, "ecMul");
        return abi.decode(out, (uint256, uint256));
    }

    function inverse(uint256 x) internal view returns (uint256) {
        (bool ok, bytes memory out) = address(5).staticcall(abi.encode(32, 32, 32, x, R - 2, R));
        require(ok, "modexp");
        return abi.decode(out, (uint256));
    }

    function _ic(uint256 i) private pure returns (uint256) {
        return uint256(keccak256(abi.encode("provenome/test/ic", i))) % R;
    }

    function _secret(string memory name) private pure returns (uint256) {
        return uint256(keccak256(abi.encode("provenome/test/secret", name))) % R;
    }
}
