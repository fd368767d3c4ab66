// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {RecordedERC721} from "./RecordedERC721.sol";
import {RecordedRoles} from "./RecordedRoles.sol";
import {IDatasetRegistry, ON_SALE, Sale, Terms, Version} from "./interfaces/IDatasetRegistry.sol";
import {IERC5192} from "./interfaces/IERC5192.sol";
import {DELIVERED, IGrantMarket, Order, PAID, Permit, REVOKED, SETTLED} from "./interfaces/IGrantMarket.sol";
import {R} from "./libraries/Bn254.sol";
import {Preimage} from "./libraries/Preimage.sol";

/// @notice See {IGrantMarket}.
contract GrantMarket is RecordedERC721, RecordedRoles, Pausable, IERC5192, IGrantMarket {
    using Preimage for Order;
    using Preimage for Terms;
    using Preimage for Version;
    using SafeERC20 for IERC20;

    struct Grant {
        address buyer;
        uint40 deadline;
        uint40 expiresAt;
        uint8 status;
        bytes32 commitment;
    }

    bytes32 public constant PAUSER = keccak256("PAUSER");
    address public immutable registry;

    // Shares the slot of Pausable's flag, which `buy` reads anyway. Starts at 1: a first write would cost more.
    uint64 private _next = 1;
    mapping(uint256 grant => Grant) private _grants;
    mapping(address account => mapping(address token => uint256)) public credit;

    constructor(address registry_, address admin)
        ERC721("Provenome Grant", "PVG")
        RecordedRoles(admin, PAUSER)
    {
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
        grant = _open(order, uint40(block.timestamp + terms.deliverySeconds));
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
        g.commitment = _commit(order, envelope);
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
        if (msg.sender != order.deliverer && !(settled && _owns(order.dataset))) {
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

    function orderOf(uint256 grant) external view returns (address, uint64, uint64, uint8) {
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
        (buyer, status) = (g.buyer, g.status);
        _expect(grant, order, envelope, status);
        active = isActive(grant);
    }

    function isActive(uint256 grant) public view returns (bool) {
        Grant storage g = _grants[grant];
        return (g.status == DELIVERED || g.status == SETTLED) && block.timestamp < g.expiresAt;
    }

    function expiresAt(uint256 grant) external view returns (uint64) {
        return _grants[grant].expiresAt;
    }

    function count() external view returns (uint256) {
        return _next - 1;
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

    function transferFrom(address, address, uint256) public pure override {
        revert GrantLocked();
    }

    function safeTransferFrom(address, address, uint256, bytes memory) public pure override {
        revert GrantLocked();
    }

    function supportsInterface(bytes4 id) public view override(ERC721, AccessControl) returns (bool) {
        return id == type(IERC5192).interfaceId || super.supportsInterface(id);
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

    function _open(Order memory order, uint40 deliverBy) private returns (uint256 grant) {
        grant = _next++;
        _mint(msg.sender, grant);
        _grants[grant] = Grant({
            buyer: msg.sender,
            deadline: deliverBy,
            expiresAt: 0,
            status: PAID,
            commitment: _commit(keccak256(abi.encode(order)), 0)
        });
        _log(abi.encode(Locked.selector), abi.encode(grant));
        _log(
            abi.encode(Bought.selector, grant, order.dataset, msg.sender),
            abi.encode(order, deliverBy, uint64(block.timestamp))
        );
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

    /// @dev A token that refuses (returns false, reverts, has no code) never blocks the order: credit instead.
    function _pay(address token, address to, uint256 amount) private {
        if (amount == 0 || IERC20(token).trySafeTransfer(to, amount)) return;
        credit[to][token] += amount;
        _log(abi.encode(Credited.selector, to, token), abi.encode(amount, uint64(block.timestamp)));
    }

    function _expect(uint256 grant, Order calldata order, bytes32 envelope, uint8 status)
        private
        view
        returns (Grant storage g)
    {
        g = _grants[grant];
        if (status == 0 || g.status != status) revert WrongStatus(grant, g.status);
        if (g.commitment != _commit(order, envelope)) revert WrongOrder(grant);
    }

    function _commit(Order calldata order, bytes32 envelope) private pure returns (bytes32) {
        return _commit(order.hash(), envelope);
    }

    function _commit(bytes32 orderHash, bytes32 envelope) private pure returns (bytes32) {
        return keccak256(abi.encode(orderHash, envelope));
    }

    function _owns(uint256 dataset) private view returns (bool) {
        (address owner,,) = IDatasetRegistry(registry).head(dataset);
        return owner == msg.sender;
    }

    function _erase(uint256 grant) private {
        _burn(grant);
        delete _grants[grant];
    }

    function _ownerOf(uint256 grant) internal view override returns (address) {
        return _grants[grant].buyer;
    }

    /// @dev Reached by minting and burning only; `_open` and `_erase` write the grant itself.
    function _update(address to, uint256 grant, address) internal override returns (address from) {
        from = _ownerOf(grant);
        _move(from, to, grant);
    }
}
