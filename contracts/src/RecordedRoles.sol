// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {Accumulator} from "./Accumulator.sol";

/// @title Roles whose every change is in the accumulator
/// @dev `RoleAdminChanged` needs no record: every role stays under the default admin.
abstract contract RecordedRoles is Accumulator, AccessControl {
    constructor(address admin, bytes32 role) {
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(role, admin);
    }

    function _grantRole(bytes32 role, address account) internal override returns (bool granted) {
        granted = super._grantRole(role, account);
        if (granted) _record(abi.encode(RoleGranted.selector, role, account, msg.sender), "");
    }

    function _revokeRole(bytes32 role, address account) internal override returns (bool revoked) {
        revoked = super._revokeRole(role, account);
        if (revoked) _record(abi.encode(RoleRevoked.selector, role, account, msg.sender), "");
    }
}
