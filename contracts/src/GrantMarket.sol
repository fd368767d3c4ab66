// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {GrantToken} from "./GrantToken.sol";
import {RecordedRoles} from "./RecordedRoles.sol";
import {IDatasetRegistry, ON_SALE, Sale, Terms, Version} from "./interfaces/IDatasetRegistry.sol";
import {DELIVERED, IGrantMarket, Order, PAID, Permit, REVOKED, SETTLED} from "./interfaces/IGrantMarket.sol";
import {R} from "./libraries/Bn254.sol";
import {Preimage} from "./libraries/Preimage.sol";

/// @notice See {IGrantMarket}.
contract GrantMarket is GrantToken, RecordedRoles, Pausable {
    using Preimage for Order;
    using Preimage for Terms;
    using Preimage for Version;
    using SafeERC20 for IERC20;

    bytes32 public constant PAUSER = keccak256("PAUSER");
    address public immutable registry;

    // Shares the slot of Pausable's flag, which `buy` reads anyway. Starts at 1: a first write would cost more.
    uint64 private _next = 1;
    mapping(address account => mapping(address token => uint256)) public credit;

    constructor(address registry_, address admin) RecordedRoles(admin, PAUSER) {
        registry = registry_;
    }

    function buy(
        uint256 dataset,
        Version calldata v,
        Terms calldata terms,
        bytes32 request,
        bytes32 answerCommit,
        Permit calldata permit
    ) external whenNotPaused returns (uint256 grant) {
        Sale memory sale = _checkSale(dataset, v, terms);
        if (request == 0) revert ZeroRequest();
        if (uint256(answerCommit) >= R) revert NotInField(uint256(answerCommit));

        Order memory order = Order({
            dataset: dataset,
            version: sale.version,
            amount: terms.price,
            token: terms.token,
            payee: sale.owner,
            deliverer: sale.owner,
            accessSeconds: terms.accessSeconds,
            disputeSeconds: terms.disputeSeconds,
            request: request,
            answerCommit: answerCommit
        });
        uint40 deliverBy = uint40(block.timestamp + terms.deliverySeconds);
        grant = _next++;
        _issue(grant, msg.sender, deliverBy, keccak256(abi.encode(order)));
        _log(
            abi.encode(Bought.selector, grant, dataset, msg.sender),
            abi.encode(order, deliverBy, uint64(block.timestamp))
        );
        _collect(IERC20(order.token), order.amount, permit);
    }

    function deliver(uint256 grant, Order calldata order, bytes32 envelope) external {
        Grant storage g = _expect(grant, order, 0, PAID);
        if (msg.sender != order.deliverer) revert NotDeliverer(grant, msg.sender);
        if (block.timestamp > g.deadline) revert TooLate(grant, g.deadline);
        if (envelope == 0) revert ZeroEnvelope();

        uint40 settleAfter = uint40(block.timestamp + order.disputeSeconds);
        uint40 ends = uint40(block.timestamp + order.accessSeconds);
        (g.deadline, g.expiresAt, g.status) = (settleAfter, ends, DELIVERED);
        g.commitment = _commitment(order.hash(), envelope);
        _log(
            abi.encode(Delivered.selector, grant),
            abi.encode(envelope, settleAfter, ends, uint64(block.timestamp))
        );
    }

    function decline(uint256 grant, Order calldata order) external {
        Grant storage g = _expect(grant, order, 0, PAID);
        if (msg.sender != order.deliverer) revert NotDeliverer(grant, msg.sender);

        address buyer = g.buyer;
        _erase(grant);
        _log(abi.encode(Declined.selector, grant), abi.encode(uint64(block.timestamp)));
        _pay(order.token, buyer, order.amount);
    }

    function settle(uint256 grant, Order calldata order, bytes32 envelope) external {
        Grant storage g = _expect(grant, order, envelope, DELIVERED);
        if (block.timestamp <= g.deadline) revert TooEarly(grant, g.deadline);

        g.status = SETTLED;
        _log(
            abi.encode(Settled.selector, grant),
            abi.encode(order.payee, order.amount, uint64(block.timestamp))
        );
        _pay(order.token, order.payee, order.amount);
    }

    function refund(uint256 grant, Order calldata order) external {
        Grant storage g = _expect(grant, order, 0, PAID);
        if (block.timestamp <= g.deadline) revert TooEarly(grant, g.deadline);

        address buyer = g.buyer;
        _erase(grant);
        _log(abi.encode(Refunded.selector, grant), abi.encode(uint64(block.timestamp)));
        _pay(order.token, buyer, order.amount);
    }

    function revoke(uint256 grant, Order calldata order, bytes32 envelope) external {
        Grant storage g = _grants[grant];
        (address buyer, uint8 status) = (g.buyer, g.status);
        if (status == REVOKED) revert WrongStatus(grant, status);
        _expect(grant, order, envelope, status);
        bool settled = status == SETTLED;
        if (
            msg.sender != order.deliverer
                && !(settled && msg.sender == IERC721(registry).ownerOf(order.dataset))
        ) {
            revert NotRevoker(grant, msg.sender);
        }

        if (settled) g.status = REVOKED;
        else _erase(grant);
        _log(abi.encode(Revoked.selector, grant), abi.encode(msg.sender, settled, uint64(block.timestamp)));
        if (!settled) _pay(order.token, buyer, order.amount);
    }

    function withdraw(address token, address to) external {
        uint256 amount = credit[msg.sender][token];
        if (amount == 0) revert NoCredit(msg.sender, token);
        if (to == address(0) || to == address(this)) revert BadRecipient(to);

        delete credit[msg.sender][token];
        _log(
            abi.encode(Withdrawn.selector, msg.sender, token), abi.encode(to, amount, uint64(block.timestamp))
        );
        IERC20(token).safeTransfer(to, amount);
    }

    function pause() external onlyRole(PAUSER) {
        _pause();
        _record(abi.encode(Paused.selector), abi.encode(msg.sender));
    }

    function unpause() external onlyRole(PAUSER) {
        _unpause();
        _record(abi.encode(Unpaused.selector), abi.encode(msg.sender));
    }

    function count() external view returns (uint256) {
        return _next - 1;
    }

    function supportsInterface(bytes4 id) public view override(GrantToken, AccessControl) returns (bool) {
        return super.supportsInterface(id);
    }

    function _checkSale(uint256 dataset, Version calldata v, Terms calldata terms)
        private
        view
        returns (Sale memory sale)
    {
        sale = IDatasetRegistry(registry).sale(dataset);
        if (sale.owner == address(0)) revert NoDataset(dataset);
        if (sale.status != ON_SALE) revert DatasetPaused(dataset);
        if (v.hash() != sale.versionCommit) revert VersionChanged(dataset, sale.version);
        if (terms.hash() != sale.termsHash) revert TermsChanged(dataset);
    }

    function _collect(IERC20 token, uint256 amount, Permit calldata p) private {
        if (amount == 0) return;
        if (p.deadline != 0) {
            try IERC20Permit(address(token))
                .permit(msg.sender, address(this), p.value, p.deadline, p.v, p.r, p.s) {}
                catch {}
        }
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @dev A token that refuses (returns false, reverts, has no code) never blocks the order: credit instead. A
    /// caller cannot starve an ordinary token into this branch: a 64th of the gas has to pay for the credit.
    function _pay(address token, address to, uint256 amount) private {
        if (amount == 0 || IERC20(token).trySafeTransfer(to, amount)) return;
        credit[to][token] += amount;
        _log(abi.encode(Credited.selector, to, token), abi.encode(amount, uint64(block.timestamp)));
    }
}
