// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Terms, Version} from "./IDatasetRegistry.sol";

/// @notice What was bought. Never changes; stored only inside the grant's commitment.
struct Order {
    uint256 dataset;
    uint64 version;
    uint96 amount;
    address token;
    /// The dataset's owner at purchase, who is paid at settlement.
    address payee;
    /// The dataset's owner at purchase, who alone may deliver and decline.
    address deliverer;
    uint32 accessSeconds;
    uint32 disputeSeconds;
    /// SHA-256 of the request (a raw block: its CID follows).
    bytes32 request;
    /// Commitment to the request's secret, a field element of BN254.
    bytes32 answerCommit;
}

/// @notice An ERC-2612 permit of the buyer for the market; `deadline` 0 means that there is none.
struct Permit {
    uint256 value;
    uint256 deadline;
    uint8 v;
    bytes32 r;
    bytes32 s;
}

// `status` of a grant; 0 is one that never was, or that was refunded.
uint8 constant PAID = 1;
uint8 constant DELIVERED = 2;
uint8 constant SETTLED = 3;
uint8 constant REVOKED = 4;

/// @title Escrow and grants
/// @notice A grant is one reader's right to one version of a dataset until it expires: an ERC-721 token that
/// never moves (ERC-5192). The price stays in escrow until the provider delivered and the dispute window passed;
/// every other way ends in a full refund, which burns the token.
///
/// | time | `deliver` | `refund` | `settle` | access |
/// | `<= deadline` of delivery | yes | no | – | no |
/// | `> deadline` of delivery | no | yes | – | no |
/// | `<= deadline` of the dispute window | – | – | no | yes |
/// | `> deadline` of the dispute window | – | – | yes | yes |
/// | `>= expiresAt` | – | – | as above | no |
///
/// @dev Calls on a grant carry its {Order}, and its envelope once delivered; `commitmentOf` is
/// `keccak256(keccak256(abi.encode(order)) ‖ envelope)` with envelope 0 before delivery.
///
/// Warning: a provider who names an envelope and withholds it, or delivers one that does not open, is paid after
/// the dispute window all the same. There are no disputes yet; a reader can only `attest` it in public.
/// Warning: payee and deliverer are whoever owns the dataset when the purchase is mined; the version and the terms
/// that the buyer was shown may by then be another owner's.
/// Warning: revoking ends access in this ledger. It cannot recall copies already read.
interface IGrantMarket {
    event Bought(
        uint256 indexed grant,
        uint256 indexed dataset,
        address indexed buyer,
        Order order,
        uint64 deliverBy,
        uint64 time
    );
    event Delivered(
        uint256 indexed grant, bytes32 envelope, uint64 settleAfter, uint64 expiresAt, uint64 time
    );
    event Declined(uint256 indexed grant, uint64 time);
    event Settled(uint256 indexed grant, address payee, uint96 amount, uint64 time);
    event Refunded(uint256 indexed grant, uint64 time);
    /// `settled` is whether the provider had been paid; if not, the buyer was refunded.
    event Revoked(uint256 indexed grant, address by, bool settled, uint64 time);
    /// A payment that the token refused, kept for {withdraw}.
    event Credited(address indexed account, address indexed token, uint256 amount, uint64 time);
    event Withdrawn(address indexed account, address indexed token, address to, uint256 amount, uint64 time);

    error NoDataset(uint256 dataset);
    error DatasetPaused(uint256 dataset);
    /// The version given is not the current one, whose number is `current`.
    error VersionChanged(uint256 dataset, uint64 current);
    error TermsChanged(uint256 dataset);
    error NotInField(uint256 value);
    error ZeroRequest();
    error ZeroEnvelope();
    error WrongStatus(uint256 grant, uint8 status);
    /// The order or the envelope is not the one that the grant commits to.
    error WrongOrder(uint256 grant);
    error NotDeliverer(uint256 grant, address caller);
    error NotRevoker(uint256 grant, address caller);
    error TooEarly(uint256 grant, uint64 deadline);
    error TooLate(uint256 grant, uint64 deadline);
    error NoCredit(address account, address token);
    error BadRecipient(address to);
    /// A grant cannot be transferred, approved or operated for its holder.
    error GrantLocked();

    /// @notice Whoever holds it may pause `buy`, and nothing else.
    function PAUSER() external view returns (bytes32);

    /// @notice The registry whose datasets are sold here.
    function registry() external view returns (address);

    /// @notice Buys a grant for the dataset's current version under its current terms. The price moves from the
    /// caller into escrow; a price of 0 moves nothing.
    /// @param v The version that the buyer was shown; reverts if it is not the current one
    /// @param terms The terms that the buyer was shown; reverts if they are not the current ones
    /// @param request SHA-256 of the request block
    /// @param answerCommit Commitment to the request's secret
    /// @param permit Ignored if it fails (a front-runner may have used it up) or if its deadline is 0: the
    /// allowance then has to suffice
    /// @return grant The token's id, counted from 1
    function buy(
        uint256 dataset,
        Version calldata v,
        Terms calldata terms,
        bytes32 request,
        bytes32 answerCommit,
        Permit calldata permit
    ) external returns (uint256 grant);

    /// @notice Names the envelope, at or before the delivery deadline. Only the order's deliverer. Access and
    /// the dispute window begin.
    function deliver(uint256 grant, Order calldata order, bytes32 envelope) external;

    /// @notice Refuses an order before delivery, at any time: full refund. Only the order's deliverer.
    function decline(uint256 grant, Order calldata order) external;

    /// @notice Pays the provider, after the dispute window. Anyone.
    function settle(uint256 grant, Order calldata order, bytes32 envelope) external;

    /// @notice Pays the buyer back, after a delivery deadline that passed without delivery. Anyone.
    function refund(uint256 grant, Order calldata order) external;

    /// @notice Ends access. Before settlement only the order's deliverer, and the buyer is refunded (`envelope`
    /// is 0 if not delivered); after it the deliverer or the dataset's current owner, and no money moves.
    /// @dev The current owner has no say before settlement: who buys the dataset's token in mid-order could
    /// otherwise undo a payment owed to its seller.
    function revoke(uint256 grant, Order calldata order, bytes32 envelope) external;

    /// @notice Pays out all of the caller's credit in a token.
    function withdraw(address token, address to) external;

    /// @notice Stops `buy`. Nothing that pays out or delivers can be paused.
    function pause() external;

    /// @notice Allows `buy` again.
    function unpause() external;

    /// @notice All zero if the grant never was, or was refunded.
    /// @return buyer The reader
    /// @return deadline Of delivery while {PAID}, of the dispute window afterwards
    /// @return expiry When access ends; 0 before delivery
    /// @return status {PAID}, {DELIVERED}, {SETTLED} or {REVOKED}
    function orderOf(uint256 grant)
        external
        view
        returns (address buyer, uint64 deadline, uint64 expiry, uint8 status);

    /// @notice `keccak256(keccak256(abi.encode(order)) ‖ envelope)`, or zero if there is no such grant.
    function commitmentOf(uint256 grant) external view returns (bytes32);

    /// @notice Checks an order and its envelope against the grant's commitment; reverts if they are not its own.
    /// @return buyer The reader
    /// @return status {PAID}, {DELIVERED}, {SETTLED} or {REVOKED}
    /// @return active As {isActive}
    function verifyOrder(uint256 grant, Order calldata order, bytes32 envelope)
        external
        view
        returns (address buyer, uint8 status, bool active);

    /// @notice Whether the holder may read and post now: delivered, not revoked, before `expiresAt`.
    function isActive(uint256 grant) external view returns (bool);

    /// @notice When access ends; 0 before delivery.
    function expiresAt(uint256 grant) external view returns (uint64);

    /// @notice What {withdraw} would pay.
    function credit(address account, address token) external view returns (uint256);

    /// @notice How many grants were bought.
    function count() external view returns (uint256);
}
